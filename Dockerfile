FROM python:3.11-slim
WORKDIR /opt/newsspider
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY newsspider newsspider
COPY pipelines pipelines
RUN pip install --no-cache-dir --constraint constraints.txt . \
 && useradd --system --uid 10001 --home-dir /data newsspider \
 && install -d -o newsspider -m 0700 /data
USER newsspider
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=60s --timeout=30s CMD ["newsspider", "doctor"]
ENTRYPOINT ["newsspider"]
