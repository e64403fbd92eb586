"""The id of a request travels with it."""

from contextvars import copy_context

from billing_ui.kit.tracing import request_id, set_request_id


def test_a_request_keeps_its_id_and_its_neighbours_keep_theirs() -> None:
    def serve(name: str) -> str:
        set_request_id(name)
        return request_id()

    assert copy_context().run(serve, "req_a") == "req_a"
    assert copy_context().run(serve, "req_b") == "req_b"
    assert copy_context().run(request_id) == ""
