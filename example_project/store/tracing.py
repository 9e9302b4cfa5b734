"""Traces by OpenTelemetry: an extra that is off unless OTEL_EXPORTER_OTLP_ENDPOINT names who takes them."""

import os

UNLESS_SAID = {
    "OTEL_SERVICE_NAME": "dailyfresh",
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    # Prometheus counts and the log has the ids already.
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none",
}


def begin(**_signal: object) -> None:
    """Trace what happens in this process from here on; once Django has its middleware it is too late.

    Which libraries: those that an instrumentation is installed for. How many requests, and what is sent along: the OTEL_ variables.
    """
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return
    from opentelemetry.instrumentation.auto_instrumentation import initialize

    for name, value in UNLESS_SAID.items():
        os.environ.setdefault(name, value)
    initialize()
