/**
 * What a stream brings, held in memory: of at most so many bytes, as whoever sends it may never end.
 *
 * @param body `null`: nothing, as of a reply without a body
 * @throws RangeError when it is longer; the stream is then left, which ends the connection
 */
export async function boundedBytes(body: AsyncIterable<Uint8Array> | null, mostBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > mostBytes) throw new RangeError(`The reply is longer than ${mostBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
