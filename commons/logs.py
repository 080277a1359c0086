"""What is written to the log of the application."""

import logging
import re

# Links of mails: what follows is a word that opens something. deploy/nginx/sdgplan.conf hides the same from its log.
WITH_TOKEN = re.compile(r"(/accounts/reset|/following)/(?!sent/)[^/\s]+(/[^/\s]+)?")


def without_tokens(text: str) -> str:
    return WITH_TOKEN.sub(r"\1/-", text)


class WithoutTokens(logging.Filter):
    """Takes the words of mails out of the addresses in what is logged, for whoever reads the log."""

    def filter(self, record) -> bool:
        record.msg, record.args = without_tokens(record.getMessage()), ()
        return True
