"""Line icons drawn on a 24-pixel grid; decorative, so hidden from screen readers."""

from typing import Final

import reflex as rx

PATHS: Final = {
    "overview": "M4 5h7v6H4zM13 5h7v4h-7zM13 12h7v7h-7zM4 14h7v5H4z",
    "plans": "M12 3l9 5-9 5-9-5zM3 13l9 5 9-5",
    "topup": "M12 5v14M5 12h14",
    "usage": "M4 20V10M10 20V4M16 20v-7M21 20H3",
    "history": "M4 12a8 8 0 1 0 2.6-5.9L4 8.5M4 4v4.5h4.5M12 8v4l3 2",
    "settings": "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
    "more": "M5 12h.01M12 12h.01M19 12h.01",
    "check": "M5 12.5l4.5 4.5L19 7.5",
    "cross": "M6 6l12 12M18 6L6 18",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2",
    "alert": "M12 4L2.5 20h19zM12 10v4M12 17h.01",
    "info": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8h.01",
    "search": "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4 4",
    "down": "M6 9.5l6 6 6-6",
    "next": "M9.5 6l6 6-6 6",
    "back": "M14.5 6l-6 6 6 6",
    "return": "M9.5 4.5L5 9l4.5 4.5M5 9h9a5 5 0 0 1 0 10h-4",
    "out": "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
    "user": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1-3.5 4-5 8-5s7 1.5 8 5",
    "download": "M12 4v11M7 11l5 5 5-5M5 20h14",
    "wallet": "M4 7h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2zM4 7V6a2 2 0 0 1 2-2h10v3M16 13.5h.01",
    "receipt": "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
    "mail": "M4 6h16v12H4zM4 7l8 6 8-6",
    "device": "M4 5h16v11H4zM2.5 20h19",
    "desk": "M12 3l8 3v6c0 4.5-3.2 7.6-8 9-4.8-1.4-8-4.5-8-9V6z",
    "crown": "M3.5 8l4.5 4 4-7 4 7 4.5-4-2 11h-13z",
    "key": "M15 13a4 4 0 1 0-3.9-3L4 17v3h3v-2h2v-2h2l1.1-1.1A4 4 0 0 0 15 13zM16 8h.01",
    "dot": "M12 12h.01",
}


def icon(name: str, **props: str) -> rx.Component:
    """One icon by its name."""
    return rx.el.svg(
        rx.el.path(d=PATHS[name]),
        view_box="0 0 24 24",
        class_name="icon",
        custom_attrs={"aria-hidden": "true", "focusable": "false"},
        **props,
    )
