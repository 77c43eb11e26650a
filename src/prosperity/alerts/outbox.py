"""Messages until they are delivered: written down before the first attempt, kept until the last target has them.

``pending/<id>.json`` waits for a target, ``done/<id>.json`` has been delivered to all. The newest digest, wherever it lies,
is the memory of what was told. What belongs here: keeping. What does not: what is told (``gather``), and how
(``targets``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from prosperity.alerts.model import AlertError, Message, as_json, from_json
from prosperity.collect.store import Store, StoreError

PENDING, DONE = "pending", "done"


class Outbox:
    """Below a folder or an fsspec URL. One sender at a time: the caller holds a lock.

    :raises AlertError: from every method, where the place cannot be reached or holds something else.
    """

    def __init__(self, location: str) -> None:
        self.store = Store(location)

    def keep(self, message: Message) -> None:
        """Write the message as it stands now. Once no target waits for it, it is no longer pending."""
        place = PENDING if message.waiting else DONE
        data = (json.dumps(as_json(message), ensure_ascii=False, indent=1) + "\n").encode()
        try:
            self.store.write(f"{place}/{message.id}.json", data)
            if place == DONE:
                # After the copy is safe: an interruption leaves both, and the delivered one counts.
                self.store.remove(f"{PENDING}/{message.id}.json")
        except StoreError as fault:
            raise AlertError(f"outbox: {fault}") from fault

    def find(self, identity: str) -> Message | None:
        """The message, if there is one; a delivered copy counts before a pending one."""
        for place in (DONE, PENDING):
            try:
                return self._read(f"{place}/{identity}.json")
            except FileNotFoundError:
                continue
        return None

    def pending(self) -> list[Message]:
        """Messages that a target still waits for, oldest first."""
        found = []
        delivered = set(self._ids(DONE))
        for identity in self._ids(PENDING):
            if identity not in delivered:
                found.append(self._read(f"{PENDING}/{identity}.json"))
        return sorted(found, key=lambda message: (message.created, message.id))

    def last_digest(self) -> Message | None:
        """The newest digest: ids of digests sort by their day."""
        names = [name for place in (DONE, PENDING) for name in self._ids(place) if name.startswith("digest-")]
        return self.find(max(names)) if names else None

    def failures_told(self) -> set[str]:
        """Ids of the runs whose failure has a message of its own."""
        return {
            name.removeprefix("failure-")
            for place in (DONE, PENDING)
            for name in self._ids(place)
            if name.startswith("failure-")
        }

    def _ids(self, place: str) -> Iterator[str]:
        try:
            names = list(self.store.names(place))
        except StoreError as fault:
            raise AlertError(f"outbox: {fault}") from fault
        for name in names:
            yield name.rpartition("/")[2].removesuffix(".json")

    def _read(self, name: str) -> Message:
        try:
            return from_json(json.loads(self.store.read(name)))
        except StoreError as fault:
            raise AlertError(f"outbox: {fault}") from fault
        except (ValueError, AlertError) as fault:
            raise AlertError(f"outbox: {self.store.place(name)} cannot be read: {fault}") from fault
