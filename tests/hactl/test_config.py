# SPDX-License-Identifier: Apache-2.0
"""config test and config show: files are checked and printed without a daemon."""

GOOD = """
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority 150
    version 3
    virtual_ipaddress {
        192.0.2.10/24
    }
}
"""


def write(tmp_path, text):
    path = tmp_path / "haven.conf"
    path.write_text(text)
    return str(path)


def test_file_that_runs_is_exit_0(node, tmp_path):
    path = write(tmp_path, GOOD)
    assert "runs" in node.text("config", "test", path)
    answer = node.json("config", "test", path)
    assert answer["schema"] == "hactl.config-test/1"
    assert (answer["items"][0]["verdict"], answer["items"][0]["errors"]) == ("runs", 0)


def test_warnings_are_exit_0_and_another_verdict(node, tmp_path):
    path = write(tmp_path, GOOD + "virtual_server 192.0.2.10 80 {\n    delay_loop 6\n}\n")
    answer = node.json("config", "test", path)
    assert answer["items"][0]["verdict"] == "runs with changes"
    assert answer["items"][0]["warnings"] > 0


def test_a_file_without_work_is_warned_of(node, tmp_path):
    answer = node.json("config", "test", write(tmp_path, ""))["items"][0]
    assert answer["verdict"] == "runs with changes"
    assert "no vrrp_instance and no virtual_server" in answer["findings"][0]["text"]
    answer = node.json("config", "test", write(tmp_path, "vrrp_instanc X {\n}\n"), exit=1)
    assert len(answer["items"][0]["findings"]) == 1, "what is wrong is told, not this too"


def test_misspelt_word_is_exit_1_with_its_place(node, tmp_path):
    path = write(tmp_path, GOOD.replace("priority", "prioritty"))
    text = node.text("config", "test", path, exit=1)
    assert f"{path}:5:5: error:" in text and "priority" in text
    finding = node.json("config", "test", path, exit=1)["items"][0]["findings"][0]
    assert (finding["line"], finding["column"], finding["suggestion"]) == (5, 5, "priority")


def test_the_file_in_use_is_the_one_that_is_meant(node, tmp_path):
    path = write(tmp_path, GOOD)
    node.daemon(methods={"status": {"config": {"file": path}}})
    for words in (("config", "test"), ("config", "show")):
        assert node.json(*words)["items"][0]["file"] == path


def test_unreadable_file_is_exit_2(node):
    assert "/nonexistent" in node.error("config", "test", "/nonexistent", exit=2)
    assert node.json_error("config", "test", "/nonexistent", exit=2).name == "unreadable"


def test_canonical_form_is_its_own_canonical_form(node, tmp_path):
    once = node.text("config", "show", write(tmp_path, "# a comment\n" + GOOD))
    assert "# a comment" not in once and "virtual_router_id 51" in once
    again = node.text("config", "show", write(tmp_path, once))
    assert once == again


def test_secrets_are_not_shown(node, tmp_path):
    secret = GOOD.replace("    version 3\n", "    authentication {\n        auth_type PASS\n"
                          "        auth_pass hunter2\n    }\n")
    text = node.text("config", "show", write(tmp_path, secret))
    assert "hunter2" not in text and "***" in text


def test_file_with_errors_is_not_printed(node, tmp_path):
    text = node.text("config", "show", write(tmp_path, "nonsense\n"), exit=1)
    assert "error:" in text


SHARED = GOOD.replace("    priority 150\n", "    @lb1 priority 150\n    @lb2 priority 100\n")


def test_lines_of_hosts_are_read_as_the_daemon_does(node, tmp_path):
    """hactl may run where the host has another name than the daemon was given."""
    path = write(tmp_path, SHARED.replace("@lb1 priority", "@lb1 priorty"))
    node.daemon(methods={"status": {"config": {"file": path, "id": "lb1"}}})
    text = node.text("config", "test", exit=1)
    assert f"{path}:5:10: error: 'priorty'" in text
    assert "read as lb1, as the daemon here does; 1 line is for other hosts: lb2" in text
    assert node.hactl("config", "show").returncode == 1


def test_a_file_given_is_read_as_the_daemon_would(node, tmp_path):
    path = write(tmp_path, SHARED)
    node.daemon(methods={"status": {"config": {"file": "/other.conf", "id": "lb2"}}})
    text = node.text("config", "show", path)
    assert "priority 100" in text and "priority 150" not in text
    assert text.startswith("# read as lb2, as the daemon here does; 1 line")


def test_a_host_can_be_named(node, tmp_path):
    path = write(tmp_path, SHARED)
    item = node.json("config", "show", path, "as", "lb1")["items"][0]
    assert "priority 150" in item["text"]
    assert (item["id"], item["lines_elsewhere"], item["other_hosts"]) == ("lb1", 1, ["lb2"])
    assert "read as lb2, as you say" in node.text("config", "test", path, "as", "lb2")


def test_what_is_wrong_on_another_host_is_a_warning_here(node, tmp_path):
    path = write(tmp_path, SHARED.replace("@lb2 priority", "@lb2 priorty"))
    item = node.json("config", "test", path, "as", "lb1")["items"][0]
    (finding,) = item["findings"]
    assert (item["errors"], finding["line"], finding["severity"]) == (0, 6, "warning")
    assert "on lb2 this is an error: 'priorty'" in finding["text"]
    node.text("config", "test", path, "as", "lb2", exit=1)


def test_lines_for_all_hosts_but_one_are_tried_too(node, tmp_path):
    path = write(tmp_path, GOOD.replace("    priority", "    @^lb1 priorty"))
    assert "on the other hosts this is an error" in node.text(
        "config", "test", path, "as", "lb1")


def test_nothing_is_said_of_hosts_without_such_lines(node, tmp_path):
    assert "read as" not in node.text("config", "test", write(tmp_path, GOOD))
