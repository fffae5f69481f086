"""How many frames of one stream may be unanswered at once, and what its writers were promised."""

from app.engine.accounts import Accounts
from app.engine.intake import Intake
from app.engine.starting import Starting
from app.engine.waiting import Waiting
from app.errors import Overloaded
from app.settings import StreamSettings


class Credit:
    """Owns the promise: what a writer was told once holds for it, whatever model or settings come next."""

    def __init__(self, accounts: Accounts, intake: Intake, waiting: Waiting, starting: Starting) -> None:
        self._accounts = accounts
        self._intake = intake
        self._waiting = waiting
        self._starting = starting
        self._promised = 0
        self._beside = 0  # in flight when the writer came

    def promise(self, settings: StreamSettings) -> int:
        """The credit under some settings; from here on it holds."""
        credit = self._starting.deepest + self._waiting.capacity(settings) + self._intake.capacity
        self._promised = max(self._promised, credit + self._beside)
        return credit

    def welcome(self) -> None:
        """Promise a new writer its whole credit, whatever is still in flight of those before.

        Raises:
            Overloaded: that is more than one credit already.
        """
        in_flight, most = self._accounts.in_flight, self._starting.deepest + self._waiting.most
        if in_flight > most:
            raise Overloaded(f"{in_flight} frames wait already; come again when they are answered", retry_after_s=1)
        self._beside = in_flight

    def refuse_when_full(self, settings: StreamSettings) -> None:
        """Raises Overloaded when one more frame of a lossless stream would be more than may be unanswered.

        While perception is busy with neighbours frames wait beyond the capacity: what was promised must hold.
        """
        if settings.overload != "lossless":
            return
        in_flight, promised = self._accounts.in_flight, max(self.promise(settings), self._promised)
        if in_flight >= promised:
            raise Overloaded(
                f"{in_flight} frames wait already; send after an answer came", limit=promised, retry_after_s=1
            )
