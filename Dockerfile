# One image for web, worker and beat; the command chooses. Settings come from the environment (docs/settings.md).
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r /tmp/base.txt

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 AQAD_STATE_DIR=/var/lib/aqad
RUN useradd --system --create-home --home-dir /var/lib/aqad aqad
WORKDIR /srv/aqad
COPY --from=build /venv /venv
COPY manage.py ./
COPY aqad aqad
COPY vendors vendors
COPY catalog catalog
COPY orders orders
COPY payments payments
COPY deliveries deliveries
COPY templates templates
COPY static static
USER aqad
RUN python manage.py collectstatic --noinput
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", "aqad.wsgi:application"]
