import { percentile, type Row, type Target } from './orders.ts';

/** How long a submission takes to be accepted (stored for good) over HTTP, eight at a time, while accepted jobs run. */
export async function benchSubmit({ port, token }: Target, jobs = 400, width = 8): Promise<readonly Row[]> {
  const times: number[] = [];
  let left = jobs;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const began = performance.now();
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/jobs/url`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ urls: ['https://shop.example/'], modules: ['seo'] }),
      });
      const text = await answer.text();
      if (answer.status !== 202) throw new Error(`a submission was answered ${answer.status}: ${text}`);
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  const ms = (share: number) => percentile(times, share).toFixed(0);
  return [
    [
      `submit over HTTP, ${width} at a time, p50 / p95 / p99`,
      `${ms(0.5)} / ${ms(0.95)} / ${ms(0.99)} ms`,
      'p95 < 300 ms',
    ],
  ];
}
