"""An SMTP server on loopback, to be told how to misbehave."""
import email
import email.policy
import socket
import ssl
import threading

from support.waiting import eventually


class Message:
    """What came: the addressee of the envelope, and the text."""

    def __init__(self, sender, to, text):
        self.sender, self.to, self.text = sender, to, text
        self.parsed = email.message_from_bytes(text, policy=email.policy.default)

    def __getitem__(self, header):
        return self.parsed[header]

    @property
    def body(self):
        return self.parsed.get_content()


class Smtp:
    """`with Smtp() as smtp:` Each of the switches may be set at any time:

    refuse   {word: answer}: GREETING, EHLO, AUTH, MAIL, RCPT, DATA or TEXT is answered so
    stall    this word is never answered
    die      the connection ends instead of an answer to this word; TEXT after all of it was kept
    on_text  called with each message before its 250
    """

    def __init__(self, *, tls=None, login=None):
        self.tls, self.login = tls, login  # an ssl.SSLContext; "user\0password"
        self.refuse, self.stall, self.die, self.on_text = {}, None, None, None
        self.messages, self.commands, self.connections = [], [], 0
        self.open, self.ending = set(), threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for one in list(self.open):
            self.end(one)

    @staticmethod
    def end(connection):
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        connection.close()

    def accept(self):
        while not self.ending.is_set():
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        self.open.add(connection)
        try:
            Session(self, connection).run()
        except OSError:
            pass
        finally:
            self.open.discard(connection)
            connection.close()

    def to(self, address):
        """The messages that this address has."""
        return [message for message in self.messages if message.to == address]

    def wait_for(self, address, count=1):
        eventually(lambda: len(self.to(address)) >= count, what=f"mail to {address}")
        return self.to(address)


class Session:
    def __init__(self, server, connection):
        self.server, self.connection = server, connection
        self.stream = connection.makefile("rb")
        self.sender = self.to = None
        self.secure = False

    def say(self, text):
        self.connection.sendall(text.encode() + b"\r\n")

    def answer(self, word, text):
        """False when the connection is over."""
        server = self.server
        server.commands.append(word)
        if server.stall == word:
            server.ending.wait()
            return False
        if server.die == word:
            return False
        self.say(server.refuse.get(word, text))
        return word not in server.refuse or not server.refuse[word].startswith("421")

    def run(self):
        if not self.answer("GREETING", "220 smtp.example.no"):
            return
        while line := self.stream.readline():
            word, _, rest = line.decode().strip().partition(" ")
            handle = getattr(self, f"on_{word.lower()}", None)
            if not (handle(rest) if handle else self.answer(word, "502 what?")):
                return

    def on_ehlo(self, _):
        offers = []
        if self.server.tls and not self.secure:
            offers.append("STARTTLS")
        if self.server.login:
            offers.append("AUTH PLAIN")
        lines = ["smtp.example.no", *offers]
        text = "\r\n".join(f"250{'-' if one is not lines[-1] else ' '}{one}" for one in lines)
        return self.answer("EHLO", text)

    def on_starttls(self, _):
        if not self.answer("STARTTLS", "220 go on"):
            return False
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.stream = self.connection.makefile("rb")
        self.secure = True
        return True

    def on_auth(self, rest):
        import base64
        words = rest.split()
        if len(words) == 1:
            self.say("334 ")
            words.append(self.stream.readline().decode().strip())
        right = base64.b64decode(words[1]).decode() == "\0" + self.server.login
        return self.answer("AUTH", "235 welcome" if right and self.secure else "535 no")

    def on_mail(self, rest):
        self.sender = rest.partition("<")[2].partition(">")[0]
        return self.answer("MAIL", "250 ok")

    def on_rcpt(self, rest):
        self.to = rest.partition("<")[2].partition(">")[0]
        return self.answer("RCPT", "250 ok")

    def on_data(self, _):
        if not self.answer("DATA", "354 go on"):
            return False
        if "DATA" in self.server.refuse:
            return True
        lines = []
        while (line := self.stream.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
        message = Message(self.sender, self.to, b"".join(lines))
        if "TEXT" not in self.server.refuse:
            self.server.messages.append(message)
            if self.server.on_text:
                self.server.on_text(message)
        return self.answer("TEXT", "250 it is mine now")

    def on_rset(self, _):
        return self.answer("RSET", "250 ok")

    def on_quit(self, _):
        self.answer("QUIT", "221 bye")
        return False
