"""Starts the program on the embedded default; exposes ``app`` for a WSGI server."""

from app.factory import create_app

app = create_app()

if __name__ == "__main__":
    app.run(host="127.0.0.1", port=8000)
