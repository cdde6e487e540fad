# hactl against daemons made for the purpose; needs neither root nor a network.
TESTS += tests/hactl/run.sh

EXTRA_DIST += \
	%D%/conftest.py \
	%D%/fake_daemon.py \
	%D%/pty_shell.py \
	%D%/run.sh \
	%D%/test_batch.py \
	%D%/test_both.py \
	%D%/test_change.py \
	%D%/test_check.py \
	%D%/test_completion.py \
	%D%/test_config.py \
	%D%/test_diagnosis.py \
	%D%/test_hosts.py \
	%D%/test_layers.py \
	%D%/test_maintenance.py \
	%D%/test_manual.py \
	%D%/test_pager.py \
	%D%/schemas.py \
	%D%/test_questions.py \
	%D%/test_release.py \
	%D%/test_repeat.py \
	%D%/test_schemas.py \
	%D%/test_peer.py \
	%D%/test_services.py \
	%D%/test_shell.py \
	%D%/test_show.py \
	%D%/test_watch.py \
	%D%/test_words.py
