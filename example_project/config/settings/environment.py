"""What the environment says: of a variable that is missing, a running `manage.py demo` wrote its own into `var/demo.env`."""

import os
from collections import ChainMap
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
if (VAR_DIR / "demo.env").is_file():
    # What a running demo says counts after the environment, and never becomes a part of it.
    noted = dict(line.split("=", 1) for line in (VAR_DIR / "demo.env").read_text().splitlines())
    env.ENVIRON = ChainMap(os.environ, noted)

SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000")
ALIPAY_APP_ID = env("ALIPAY_APP_ID", default="")
ALIPAY_URL = env("ALIPAY_URL", default="https://openapi.alipay.com/gateway.do")
