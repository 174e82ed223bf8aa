"""
What a server counts, in the text form that Prometheus reads; nothing in it names a person.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import datetime

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Measures:
    """The counters of one process."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.faults: Counter[str] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._buckets: Counter[tuple[str, int]] = Counter()
        self.running = 0

    def count(self, service: str, status: int, seconds: float, fault: str | None) -> None:
        """Count one request that was answered."""
        self.requests[service, status] += 1
        self._seconds[service] += seconds
        self._buckets[service, bisect_left(BUCKETS, seconds)] += 1
        if fault is not None:
            self.faults[fault] += 1

    def text(self, *, at: datetime, switched: int) -> str:
        """Write them, with the world's time and the number of faults that are on."""
        lines = [
            *_head("requests_total", "counter", "Requests answered."),
            *(
                f'minijpki_requests_total{{service="{service}",status="{status}"}} {count}'
                for (service, status), count in sorted(self.requests.items())
            ),
            *_head("request_seconds", "histogram", "Time from request to answer."),
        ]
        for service in sorted({service for service, _ in self._buckets}):
            lines += self._histogram(service)
        lines += _head("faults_total", "counter", "Answers that a fault spoiled.")
        lines += [
            f'minijpki_faults_total{{fault="{fault}"}} {count}'
            for fault, count in sorted(self.faults.items())
        ]
        for name, sentence, value in (
            ("faults_on", "Switches that are on.", switched),
            ("requests_running", "Requests not answered yet.", self.running),
            ("world_time_seconds", "The world's clock, since 1970.", int(at.timestamp())),
        ):
            lines += [*_head(name, "gauge", sentence), f"minijpki_{name} {value}"]
        return "\n".join(lines) + "\n"

    def _histogram(self, service: str) -> list[str]:
        lines, total = [], 0
        for place in range(len(BUCKETS) + 1):
            total += self._buckets[service, place]
            edge = f"{BUCKETS[place]:g}" if place < len(BUCKETS) else "+Inf"
            label = f'service="{service}",le="{edge}"'
            lines.append(f"minijpki_request_seconds_bucket{{{label}}} {total}")
        lines.append(
            f'minijpki_request_seconds_sum{{service="{service}"}} {self._seconds[service]:.6f}'
        )
        lines.append(f'minijpki_request_seconds_count{{service="{service}"}} {total}')
        return lines


def _head(name: str, sort: str, sentence: str) -> list[str]:
    return [f"# HELP minijpki_{name} {sentence}", f"# TYPE minijpki_{name} {sort}"]
