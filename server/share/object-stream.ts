/**
 * An object's bytes as the body of an answer. It asks for the first piece at once: an iteration that was never begun cannot be broken off,
 * and a client that leaves before it reads would leave the file open.
 */
export function objectStream(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<Uint8Array>> | null = pieces.next();
  // Whoever reads hears of a failure; where nobody does, it is nobody's.
  next.catch(() => {});
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = await (next ?? pieces.next());
      next = null;
      if (piece.done) controller.close();
      else controller.enqueue(piece.value);
    },
    async cancel() {
      await pieces.return?.();
    },
  });
}
