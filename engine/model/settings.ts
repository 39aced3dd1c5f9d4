import { z } from 'zod';

/** Where a model answers and what one job may spend on it. */
export const ModelSettings = z.object({
  /** Base of an OpenAI-compatible interface, for example `https://openrouter.ai/api/v1`. */
  url: z.url({ protocol: /^https?$/ }),
  model: z.string().min(1).max(200),
  /** Null for endpoints that ask for none, such as a model on this machine. */
  key: z.string().min(1).nullable(),
  /** Caps of one attempt of a job. */
  maxRequests: z.number().int().min(1).max(500).default(40),
  maxTokens: z.number().int().min(1000).max(10_000_000).default(200_000),
  maxUsd: z.number().min(0).max(1000).default(0.5),
  /** US dollars for a million tokens in and out, where the endpoint does not say what a request cost; null: not known. */
  price: z.object({ input: z.number().min(0), output: z.number().min(0) }).nullable(),
});
export type ModelSettings = z.infer<typeof ModelSettings>;

/** The way to the endpoint. */
export interface ModelPorts {
  /** Posts JSON and gives status and body; rejects when nothing answers. */
  post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<{ readonly status: number; readonly body: string }>;
}
