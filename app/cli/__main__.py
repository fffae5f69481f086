"""`python -m app.cli` is `trackd`."""

from app.cli import main

if __name__ == "__main__":
    main()
