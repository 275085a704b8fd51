// What was packed by zlib, or by gzip.
export const inflated = async (bytes, format = "deflate") =>
  new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format))).arrayBuffer();
