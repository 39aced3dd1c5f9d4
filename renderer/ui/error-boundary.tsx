import { Component, type ReactNode } from 'react';
import { asProblem, Problem } from '../api/problem.ts';
import { Failed } from './states.tsx';

/** Keeps a screen that breaks from taking the window with it. Code that cannot be fetched means a newer version, or no connection. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly problem: Problem | null }> {
  override state = { problem: null };

  static getDerivedStateFromError(error: unknown): { readonly problem: Problem } {
    const text = error instanceof Error ? error.message : '';
    const isCode = /dynamically imported module|module script/i.test(text);
    return {
      problem: isCode
        ? new Problem(
            'code',
            'This screen could not be fetched. Load the page again; if that does not help, check the connection.',
          )
        : asProblem(error),
    };
  }

  override render(): ReactNode {
    const { problem } = this.state;
    return problem === null ? this.props.children : <Failed problem={problem} retry={() => location.reload()} />;
  }
}
