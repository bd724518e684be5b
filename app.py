"""Starts the dashboard: `streamlit run app.py`."""

from simulator.dashboard.frame import show


def main() -> None:
    show()


# Worker processes import this file again; only the server itself may draw the page.
if __name__ == "__main__":
    main()
