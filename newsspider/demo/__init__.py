"""The bundled demo: three small Arabic news sites of different build, written for newsspider, and the server that publishes them."""

from newsspider.demo.server import DemoServer, serve

__all__ = ["DemoServer", "serve"]
