import { createContext, useContext } from 'react';
import type { Model } from './data.ts';

export const ModelContext = createContext<Model | null>(null);

/** The report that is shown. */
export function useModel(): Model {
  const model = useContext(ModelContext);
  if (!model) throw new Error('the report is not loaded');
  return model;
}
