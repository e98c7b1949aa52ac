FROM python:3.11-slim
WORKDIR /opt/newsspider
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY newsspider newsspider
COPY pipelines pipelines
RUN pip install --no-cache-dir --constraint constraints.txt '.[postgresql]' \
 && useradd --system --uid 10001 --user-group --home-dir /data newsspider \
 && install -d -o newsspider -g newsspider -m 0700 /data /keys/indexer /keys/searcher /keys/admin
USER 10001:10001
WORKDIR /data
VOLUME /data
HEALTHCHECK --interval=60s --timeout=30s CMD ["newsspider", "doctor"]
ENTRYPOINT ["newsspider"]
