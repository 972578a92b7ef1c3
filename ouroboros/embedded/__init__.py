"""Apache Kafka and PostgreSQL on a bare machine, where Python is all there is.

    start_kafka(home, report)     Apache Kafka 4.3, one node, on the Java runtime of a wheel
    start_postgres(home, report)  PostgreSQL 18 out of a wheel

Both listen on 127.0.0.1 only, keep their data under their home between starts, end with the process that
started them where that process has a say, and are cleaned up by the next start where it had none.
"""

from ouroboros.embedded.kafka import KafkaServer, start_kafka
from ouroboros.embedded.postgres import PostgresServer, start_postgres

__all__ = ["KafkaServer", "PostgresServer", "start_kafka", "start_postgres"]
