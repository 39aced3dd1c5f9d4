import { describe, expect, it } from 'vitest';
import { modelSettings } from './model-settings.ts';

const read = () => 'sk-of-a-file\n';
const NAMED = { STAGEFLOW_MODEL: 'a/model', STAGEFLOW_MODEL_URL: 'https://openrouter.ai/api/v1' };

describe('where a model answers', () => {
  it('is nowhere unless somebody says so', () => {
    expect(modelSettings({ STAGEFLOW_MODEL_KEY: 'sk' }, read)).toBeNull();
  });

  it('is read with its key, from a file too, and with caps that have defaults', () => {
    expect(modelSettings({ ...NAMED, STAGEFLOW_MODEL_KEY_FILE: '/run/key' }, read)).toEqual({
      model: 'a/model',
      url: 'https://openrouter.ai/api/v1',
      key: 'sk-of-a-file',
      maxRequests: 40,
      maxTokens: 200_000,
      maxUsd: 0.5,
      price: null,
    });
    const set = { STAGEFLOW_MODEL_USD: '0.05', STAGEFLOW_MODEL_PRICE: '0.15,0.6', STAGEFLOW_MODEL_REQUESTS: '10' };
    expect(modelSettings({ ...NAMED, ...set }, read)).toMatchObject({
      key: null,
      maxUsd: 0.05,
      maxRequests: 10,
      price: { input: 0.15, output: 0.6 },
    });
  });

  it.each([
    ['a model without an endpoint', { STAGEFLOW_MODEL_URL: '' }, 'STAGEFLOW_MODEL_URL'],
    ['an endpoint that is no address', { STAGEFLOW_MODEL_URL: 'ftp://x' }, 'STAGEFLOW_MODEL_URL'],
    ['a cap that is no number', { STAGEFLOW_MODEL_USD: 'much' }, 'STAGEFLOW_MODEL_USD'],
    ['a cap out of bounds', { STAGEFLOW_MODEL_TOKENS: '1' }, 'STAGEFLOW_MODEL_TOKENS'],
    ['a price of one part', { STAGEFLOW_MODEL_PRICE: '3' }, 'STAGEFLOW_MODEL_PRICE'],
  ])('refuses %s by the name of its variable, without the key', (_what, wrong, name) => {
    const variables = { ...NAMED, STAGEFLOW_MODEL_KEY: 'sk-secret', ...wrong };
    let said = '';
    try {
      modelSettings(variables, read);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toContain(name);
    expect(said).not.toContain('sk-secret');
  });
});
