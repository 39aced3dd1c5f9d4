/** One message of a stream of server-sent events. */
export interface Message {
  /** `message` unless the server named it. */
  readonly event: string;
  readonly data: string;
  readonly id: string | null;
}

/** Reads `text/event-stream` as its standard says; comments and unknown fields are passed over, an unfinished last message is dropped. */
export async function* readStream(body: AsyncIterable<Uint8Array>): AsyncGenerator<Message> {
  const decoder = new TextDecoder();
  let rest = '';
  let event = '';
  let id: string | null = null;
  let data: string[] = [];
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split(/\r\n|\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { event: event || 'message', data: data.join('\n'), id };
        [event, data] = ['', []];
        continue;
      }
      const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
      if (field === 'data') data.push(value);
      if (field === 'event') event = value;
      if (field === 'id') id = value;
    }
  }
}
