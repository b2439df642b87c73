# One image for web, worker, beat and migrations; the command chooses. Settings come from the environment (docs/settings.md).
FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/aqad
COPY requirements/base.txt requirements/observability.txt requirements/
# Traces and errors are told only where a setting asks for it, but the image must be able to.
RUN python -m venv /venv && /venv/bin/pip install --require-hashes --requirement requirements/base.txt --requirement requirements/observability.txt
COPY . .
# The state folder of this step, with the secrets that an embedded start makes, stays behind in this stage.
RUN AQAD_STATE_DIR=/tmp/state AQAD_STATIC_DIR=/srv/static /venv/bin/python manage.py collectstatic --noinput \
    && /venv/bin/python -m compileall -q /srv/aqad

FROM python:3.13-slim-bookworm
ARG RELEASE_ID=unknown
LABEL org.opencontainers.image.title="AQAD" org.opencontainers.image.revision="${RELEASE_ID}"
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    AQAD_STATE_DIR=/var/lib/aqad AQAD_STATIC_DIR=/srv/static RELEASE_ID=${RELEASE_ID}
# A number, so that Kubernetes can see that it is not root. Volumes that are mounted on these folders belong to it.
RUN groupadd --gid 10001 aqad \
    && useradd --uid 10001 --gid aqad --no-create-home --home-dir /var/lib/aqad --shell /usr/sbin/nologin aqad \
    && install --directory --owner=aqad --group=aqad /run/aqad /var/lib/aqad /var/lib/aqad/files \
        /var/lib/aqad/files/private /var/lib/aqad/files/public /var/lib/aqad/mails /var/lib/aqad/beat /var/lib/aqad/static
WORKDIR /srv/aqad
COPY --from=build /venv /venv
COPY --from=build /srv/static /srv/static
COPY --from=build /srv/aqad /srv/aqad
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
# No shell in between: SIGTERM reaches the server, which says on /readyz that it ends, waits, and lets running requests finish.
CMD ["python", "-m", "aqad.serve", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--threads", "8"]
