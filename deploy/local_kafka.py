"""One Apache Kafka node for development and tests, without containers: `python deploy/local_kafka.py`, or `make kafka`.

Fetches Kafka with Maven once, into .cache/kafka. Keeps its data in the folder it is given; not for production.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

VERSION = "4.3.1"
LOG4J = "2.25.4"  # what this Kafka comes with; without its bridge the broker says nothing, not even why it does not start
CACHE = Path(__file__).parent.parent / ".cache" / "kafka"
CLUSTER = "Y2xhaW13aXJlLWxvY2FsMQ"  # any 16 bytes, base64: Kafka wants a cluster to have an id

POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>claimwire</groupId><artifactId>local-kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{VERSION}</version></dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>{LOG4J}</version>
    </dependency>
  </dependencies>
</project>
"""

PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
num.partitions=3
auto.create.topics.enable=false
offsets.topic.num.partitions=3
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.segment.bytes=67108864
"""


class KafkaMissing(Exception):
    """Java or Maven is missing, or Kafka could not be fetched; says what to do."""


def fetch(cache: Path = CACHE) -> Path:
    """The folder with Kafka's jars, fetched with Maven where it is not there yet (44 MB, ten seconds)."""
    jars = cache / f"{VERSION}-log4j-{LOG4J}"
    _require("java", "openjdk-17-jre-headless")
    if jars.is_dir():
        return jars
    _require("mvn", "maven")
    work = cache / f"fetching-{os.getpid()}"
    work.mkdir(parents=True, exist_ok=True)
    (work / "pom.xml").write_text(POM)
    done = subprocess.run(
        ["mvn", "-q", "-B", "-f", work / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={work / 'jars'}"],
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise KafkaMissing(f"Maven could not fetch Kafka {VERSION}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    try:
        (work / "jars").rename(jars)  # at once, so that a half-fetched folder is never taken for a whole one
    except OSError:
        if not jars.is_dir():  # somebody else was faster
            raise
    shutil.rmtree(work, ignore_errors=True)
    return jars


def _require(program: str, package: str) -> None:
    if not shutil.which(program):
        raise KafkaMissing(f"{program} is not installed (apt install {package}): Kafka {VERSION} cannot be fetched and run")


class LocalKafka:
    """A broker with its data in `home`. Can be stopped and started again; its address and data stay."""

    def __init__(self, home: Path, port: int = 0, host: str = "127.0.0.1") -> None:
        self.home = home
        self.port = port or free_port()
        self.address = f"{host}:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._jars = fetch()
        home.mkdir(parents=True, exist_ok=True)
        values = {"host": host, "port": self.port, "controller": free_port(), "data": home / "data"}
        self._configuration = home / "server.properties"
        self._configuration.write_text(PROPERTIES.format(**values))
        (home / "log4j2.yaml").write_text(LOGGING)

    def start(self, seconds: float = 60.0) -> None:
        """Start and return once it accepts connections; KafkaMissing with its last words where it does not."""
        if self._accepts():
            raise KafkaMissing(f"{self.address} is taken: stop what runs there, or choose another --port")
        if not (self.home / "data" / "meta.properties").exists():
            self._format()
        with open(self.home / "broker.log", "ab") as log:
            self._process = subprocess.Popen(
                [*end_with_us(), *self._java(), "kafka.Kafka", self._configuration], stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + seconds
        while not self._accepts():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise KafkaMissing(f"Kafka did not start:\n{(self.home / 'broker.log').read_text()[-3000:]}")
            time.sleep(0.1)

    def stop(self, seconds: float = 30.0) -> None:
        """End it in order, and hard where it takes longer."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def wait(self) -> int:
        """Its exit status, once it has ended."""
        return self._process.wait() if self._process else 0

    def _format(self) -> None:
        command = [*self._java(), "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(self._configuration)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise KafkaMissing(f"Kafka's folder {self.home} could not be prepared:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")

    def _java(self) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={self.home / 'log4j2.yaml'}"
        return ["java", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", logging, "-cp", f"{self._jars}/*"]

    def _accepts(self) -> bool:
        try:
            socket.create_connection((self.address.split(":")[0], self.port), 1).close()
            return True
        except OSError:
            return False


LOGGING = """Configuration:
  Appenders: {Console: {name: out, PatternLayout: {pattern: "%d{HH:mm:ss} %p %c{1}: %m%n"}}}
  Loggers: {Root: {level: WARN, AppenderRef: {ref: out}}}
"""


def end_with_us() -> list[str]:
    """On Linux the kernel ends the broker when we end, however we end."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def free_port() -> int:
    """A TCP port on 127.0.0.1 that was free just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def main() -> int:
    """Run one node until it is stopped with Ctrl-C."""
    parser = argparse.ArgumentParser(description=f"Run one Apache Kafka {VERSION} node for development. Ctrl-C stops it; its data stay.")
    parser.add_argument("--port", type=int, default=9092, help="port to listen on (default 9092)")
    parser.add_argument("--data", type=Path, default=Path("data/kafka"), help="folder for its data (default data/kafka)")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        node = LocalKafka(arguments.data.absolute(), arguments.port)
        node.start()
    except KafkaMissing as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Kafka {VERSION} runs at {node.address}. Use it with\n  CLAIMWIRE_LOG=kafka://{node.address}\nCtrl-C stops it.", flush=True)
    try:
        return node.wait()
    except (KeyboardInterrupt, SystemExit):
        return 0
    finally:
        node.stop()


if __name__ == "__main__":
    sys.exit(main())
