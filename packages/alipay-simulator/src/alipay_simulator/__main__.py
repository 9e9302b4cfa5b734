"""`python -m alipay_simulator --port 8810 --dir folder`"""

import argparse
import logging
import signal
import sys
from pathlib import Path

from .keys import ALIPAY_PUBLIC, APP_ID, APP_PRIVATE, SELLER_ID, ensure_keys
from .server import Simulator


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to listen on (default %(default)s)")
    parser.add_argument("--port", type=int, default=8810, help="port to listen on (default %(default)s, 0 for any)")
    parser.add_argument("--dir", type=Path, default=Path("alipay-simulator"), help="folder of keys and trades")
    parser.add_argument(
        "--time-scale", type=float, default=1.0, help="multiplies the waits between deliveries of a notify"
    )
    parser.add_argument("--keys-only", action="store_true", help="make the keys and leave")


def run(host: str, port: int, dir: Path, time_scale: float, keys_only: bool) -> None:
    """Serve until SIGTERM or Ctrl-C; says first what a site has to put into its settings."""
    ensure_keys(dir)
    say = sys.stdout.write
    if keys_only:
        say(f"Keys are in {dir}\n")
        return
    try:
        simulator = Simulator(dir, host=host, port=port, time_scale=time_scale)
    except OSError as error:
        sys.exit(f"Cannot listen on {host}, port {port}: {error.strerror}")
    except ValueError as error:
        sys.exit(str(error))
    say(f"Alipay simulator on {simulator.origin}/\n")
    say(f'  "app_id": "{APP_ID}", "seller_id": "{SELLER_ID}", "server_url": "{simulator.url}",\n')
    say(f'  "app_private_key_file": "{dir / APP_PRIVATE}", "alipay_public_key_file": "{dir / ALIPAY_PUBLIC}"\n')
    sys.stdout.flush()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        simulator.serve()
    except KeyboardInterrupt:
        say("\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m alipay_simulator", description="A stand-in for Alipay.")
    add_arguments(parser)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    run(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
