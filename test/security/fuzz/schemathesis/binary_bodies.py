"""Bodies that are sent as they are."""

import schemathesis

for media_type in ("application/zip", "application/x-tar"):
    schemathesis.serializer.alias(media_type, "application/octet-stream")
