# SPDX-License-Identifier: Apache-2.0
"""pty_shell.py - hactl at a terminal that a test types into."""

import pexpect
import pytest

PROMPT = r"lb1 \(admin\)> "


class Shell:
    def __init__(self, node, *words, term="dumb", **environment):
        self.child = pexpect.spawn(node.binary, ["-R", node.run_base, *words],
                                   env=node.environment(TERM=term, **environment),
                                   encoding="utf-8", timeout=20, dimensions=(24, 100))
        self.child.delaybeforesend = None

    def prompt(self, prompt=PROMPT):
        """Waits for the prompt; returns what was printed before."""
        self.child.expect(prompt)
        return self.child.before

    def type(self, text):
        self.child.send(text)

    def see(self, text):
        """Waits for a text. Better than for a prompt, which is drawn anew at times."""
        self.child.expect(text)

    def run(self, line, said):
        """Types a line, and waits for what is said to it and for the next prompt."""
        self.child.send(line + "\r")
        self.see(said)
        self.prompt()

    def press_until_seen(self, key, text):
        """Presses a key until a text shows. On a busy machine the daemon may not answer in
        the 0.3 s that completion gives it, and the next try is two seconds later."""
        for _ in range(4):
            self.child.send(key)
            if self.child.expect([text, pexpect.TIMEOUT], timeout=2.5) == 0:
                return
        pytest.fail(f"{text} did not show")

    def end(self):
        """Leaves with Ctrl-D; returns the exit status."""
        self.child.sendeof()
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus
