"""A way round between the store and what backs it, that can be slowed, cut, or made to hang.

`python -m running.detour FILE 33306:23306 …` carries port 33306 to 23306. FILE is JSON, port of the server -> "slow", "cut" or "hang".
"""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path

LATENCY = 0.05
"""Seconds that each piece of a slow connection waits."""


class Way:
    """One port, and the connections that run over it."""

    def __init__(self, ports: str) -> None:
        self.port, self.to = map(int, ports.split(":"))
        self.mood = ""
        self.open: set[asyncio.StreamWriter] = set()

    def become(self, mood: str) -> None:
        self.mood = mood
        if mood == "cut":
            for writer in self.open:
                writer.transport.abort()

    async def serve(self) -> None:
        server = await asyncio.start_server(self.carry, "127.0.0.1", self.port)
        await server.serve_forever()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mood == "cut":
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            writer.transport.abort()
            return
        self.open |= {writer, far_writer}
        with suppress(OSError):
            await asyncio.gather(self.pump(reader, far_writer), self.pump(far_reader, writer))
        self.open -= {writer, far_writer}

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(65536):
                while self.mood == "hang":
                    await asyncio.sleep(0.05)
                if self.mood == "slow":
                    await asyncio.sleep(LATENCY)
                writer.write(piece)
                await writer.drain()
        finally:
            writer.close()


async def main(moods: Path, ways: list[Way]) -> None:
    serving = [asyncio.create_task(way.serve()) for way in ways]
    known = ""
    while not any(task.done() for task in serving):
        with suppress(OSError, ValueError):
            if (said := moods.read_text()) != known:
                known, asked = said, json.loads(said)
                for way in ways:
                    way.become(asked.get(str(way.to), ""))
        await asyncio.sleep(0.05)
    await asyncio.gather(*serving)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), [Way(ports) for ports in sys.argv[2:]]))
