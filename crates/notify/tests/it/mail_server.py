"""A mail server on a free loopback port: prints its port, then each mail it takes, as JSON lines.

Usage: mail_server.py open|starttls|implicit [CERTIFICATE KEY USER PASSWORD]
"""
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Postbox:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 no such user"
        if address.startswith("later"):
            return "451 4.7.1 greylisted, come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "content": envelope.content.decode("utf-8", "replace"),
            "tls": session.ssl is not None or session.peer is not None and server.transport.get_extra_info("ssl_object") is not None,
            "user": session.auth_data.decode() if session.auth_data else None,
        }
        print(json.dumps(mail), flush=True)
        return "250 OK"


def main():
    mode, *rest = sys.argv[1:]
    certificate, key, user, password = rest or [None] * 4
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)

    def authenticate(server, session, envelope, mechanism, data):
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (
            user.encode(),
            password.encode(),
        )
        return AuthResult(success=right, handled=right, auth_data=data.login if right else None)

    def protocol():
        login = {}
        if user:
            login = {
                "authenticator": authenticate,
                "auth_required": True,
                "auth_require_tls": mode == "starttls",
            }
        if mode == "starttls":
            login |= {"tls_context": context, "require_starttls": True}
        return SMTP(Postbox(), hostname="mail.test", **login)

    async def serve():
        wrapped = context if mode == "implicit" else None
        loop = asyncio.get_running_loop()
        server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=wrapped)
        print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
        await server.serve_forever()

    asyncio.run(serve())


main()
