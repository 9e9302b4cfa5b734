from dailyfresh_core.testing.languages import english as english  # autouse
from hypothesis import settings

settings.register_profile("suite", deadline=None)  # how long an example takes is the machine's business
settings.load_profile("suite")
