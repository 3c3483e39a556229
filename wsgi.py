"""The application for a WSGI server: `granian --interface wsgi wsgi:app`. Settings come from the environment."""

from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from mentorcert import create_app

app = create_app()
# Behind a proxy every request comes from the proxy's address, and tries to sign in are counted by address.
app.wsgi_app = wrap_wsgi_with_proxy_headers(  # type: ignore[method-assign]
    app.wsgi_app, app.extensions["mentorcert"]["settings"].trusted_proxies
)
