# The image of trackd. For the CPU:   docker build -t trackd .
# For CUDA:                           docker build -t trackd:gpu --build-arg EXTRA=gpu .
# Both stand on the same slim base: the gpu lock brings CUDA and cuDNN as wheels, so only the driver comes from the host.

ARG PYTHON=3.12

FROM python:${PYTHON}-slim AS build
ARG EXTRA=cpu
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv /opt/trackd
# The dependencies are a layer of their own: they change seldom and weigh most.
COPY requirements/runtime-${EXTRA}.lock requirements/
RUN /opt/trackd/bin/python -m pip install --no-deps --require-hashes --requirement requirements/runtime-${EXTRA}.lock
COPY pyproject.toml README.md LICENSE ./
COPY tracker tracker
COPY models models
COPY app app
RUN /opt/trackd/bin/python -m pip install --no-deps --no-build-isolation --no-index . \
    && /opt/trackd/bin/python -m pip uninstall --yes setuptools pip
# The tracker's kernels, for any processor of this architecture: the image runs elsewhere than it is built. In another
# folder than the sources, which lie in /src as well.
ENV NUMBA_CPU_NAME=generic
RUN cd / && /opt/trackd/bin/python -m tracker

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="trackd" \
      org.opencontainers.image.description="A multi-object-tracking service" \
      org.opencontainers.image.licenses="Apache-2.0"
# A fixed numeric user, so that Kubernetes can check runAsNonRoot and volumes can be given to it.
RUN groupadd --gid 10001 trackd \
    && useradd --uid 10001 --gid trackd --no-create-home --home-dir /tmp --shell /usr/sbin/nologin trackd \
    && install --directory --owner trackd --group trackd /var/cache/trackd
COPY --from=build /opt/trackd /opt/trackd
# Nothing is written but models in the cache and files in /tmp: the root file system can be read-only.
ENV PATH=/opt/trackd/bin:$PATH \
    NUMBA_CPU_NAME=generic \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/tmp \
    TRACKD_HOST=0.0.0.0 \
    TRACKD_PORT=8000 \
    TRACKD_CACHE_DIR=/var/cache/trackd
VOLUME /var/cache/trackd
WORKDIR /var/cache/trackd
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
# Past any proxy of the environment: the probe asks this container and nothing else.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open('http://127.0.0.1:' + os.environ['TRACKD_PORT'] + '/readyz', timeout=4)"]
ENTRYPOINT ["trackd"]
CMD ["serve"]
