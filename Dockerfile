FROM python:3.13.14-slim-trixie AS base

# Installs into a virtual environment of its own; the image gets that environment and nothing else of this stage.
FROM base AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
# faust-streaming comes without a wheel for arm64 and is compiled there.
ARG TARGETARCH
RUN if [ "${TARGETARCH}" = arm64 ]; then \
        apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev; \
    fi
RUN python -m venv --without-pip /opt/ouroboros
WORKDIR /src
COPY requirements/worker.txt requirements/worker.txt
RUN pip --python /opt/ouroboros install --require-hashes --requirement requirements/worker.txt
COPY pyproject.toml README.md LICENSE ./
COPY events/ events/
COPY projections/ projections/
COPY streams/ streams/
COPY dashboards/ dashboards/
COPY ouroboros/ ouroboros/
RUN pip --python /opt/ouroboros install --no-deps --no-build-isolation .

FROM base
LABEL org.opencontainers.image.title="ouroboros" \
      org.opencontainers.image.description="An event-sourced streaming monitor of circular vendor financing." \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/python:3.13.14-slim-trixie"
RUN groupadd --gid 10001 ouroboros \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/ouroboros --shell /usr/sbin/nologin ouroboros \
    && install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/ouroboros
COPY --from=build /opt/ouroboros /opt/ouroboros
ENV PATH=/opt/ouroboros/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /var/lib/ouroboros
USER 10001:10001
ENTRYPOINT ["ouroboros"]
CMD ["--help"]
