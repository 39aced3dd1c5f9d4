import type { HeldRequest, ModelUse, StateLook } from '@stageflow/engine/sdk';

/** One element that can be acted on. */
export interface Control {
  readonly selector: string;
  readonly role: string;
  readonly name: string;
  readonly tag: string;
  readonly type: string | null;
  readonly href: string | null;
  readonly snippet: string;
  /** True when only the mouse pointer says that it can be pressed: no role, no tab stop. */
  readonly fake: boolean;
  readonly tabbable: boolean;
  readonly disabled: boolean;
  readonly expanded: string | null;
  readonly selected: string | null;
  readonly current: boolean;
  /** Form, dialog and composite widget around it. */
  readonly form: string | null;
  readonly dialog: string | null;
  readonly group: string | null;
  /** Equal for the repeated parts of a list: a few of them stand for all. */
  readonly alike: string;
}

export interface DialogSeen {
  readonly selector: string;
  readonly name: string;
  readonly snippet: string;
  readonly modal: boolean;
}

export interface TabSeen {
  readonly selector: string;
  readonly name: string;
  readonly snippet: string;
  readonly selected: boolean;
  readonly panel: string | null;
  readonly panelShown: boolean;
}

export interface TablistSeen {
  readonly selector: string;
  readonly tabs: readonly TabSeen[];
}

export interface FieldSeen {
  readonly selector: string;
  readonly name: string;
  readonly tag: string;
  readonly type: string;
  /** Name, id, autocomplete and label in one line, lower case. */
  readonly about: string;
  readonly required: boolean;
}

export interface FormSeen {
  readonly selector: string;
  readonly snippet: string;
  readonly method: string;
  readonly action: string;
  /** False when the form turned the browser's own checks off. */
  readonly validates: boolean;
  readonly search: boolean;
  readonly fields: readonly FieldSeen[];
  readonly submit: { readonly selector: string; readonly name: string } | null;
}

export interface CarouselSeen {
  readonly selector: string;
  readonly name: string;
  readonly snippet: string;
  readonly next: string;
  readonly pause: boolean;
}

/** What can be acted on as the page stands. */
export interface Survey {
  readonly url: string;
  readonly title: string;
  readonly controls: readonly Control[];
  readonly dialogs: readonly DialogSeen[];
  readonly tablists: readonly TablistSeen[];
  readonly forms: readonly FormSeen[];
  readonly carousels: readonly CarouselSeen[];
  readonly footer: { readonly selector: string; readonly snippet: string } | null;
}

/** Where the focus is; `selector` is null when nothing has it. */
export interface FocusSeen {
  readonly selector: string | null;
  readonly dialog: string | null;
  readonly group: string | null;
  readonly invalid: boolean;
  readonly text: string;
  readonly describedBy: readonly string[];
}

/** Text that an element shows. */
export interface TextSeen {
  readonly selector: string;
  readonly text: string;
  /** True inside a region that screen readers read out when it changes. */
  readonly live: boolean;
  readonly form: string | null;
  readonly style: string;
  readonly snippet: string;
}

/** What an element is called in a finding and in the emitted test. */
export interface Target {
  readonly selector: string;
  readonly role: string;
  readonly name: string;
  readonly snippet: string;
}

/** One real input. */
export type Action =
  | { readonly kind: 'click'; readonly on: Target }
  | { readonly kind: 'press'; readonly key: string; readonly on: Target | null }
  | { readonly kind: 'fill'; readonly on: Target; readonly value: string };

/** What came of an action. */
export interface Outcome {
  /** Null when the element was covered or gone. */
  readonly done: boolean;
  readonly changed: boolean;
  /** Address of another page of the site, when it led there. */
  readonly navigated: string | null;
  readonly focus: FocusSeen;
  readonly errors: readonly string[];
  readonly failed: readonly { readonly url: string; readonly why: string }[];
  readonly held: readonly HeldRequest[];
  /** What the browser did besides: a message box, a new window, a download. */
  readonly aside: readonly string[];
  /** How far the layout jumped by itself, as the browser counts it. */
  readonly jump: number;
}

/** One line of the transcript. */
export interface Step {
  readonly n: number;
  /** Id of the state in which it was done. */
  readonly from: number;
  readonly by: 'pointer' | 'keyboard';
  readonly why: string;
  readonly action: Action;
  readonly outcome: Outcome;
  /** Id of the state that it led to, or null. */
  readonly to: number | null;
}

export interface StateSeen {
  readonly id: number;
  /** SHA-256 of the accessibility tree. */
  readonly hash: string;
  readonly kind: 'start' | 'dialog' | 'menu' | 'tab' | 'form-error' | 'form-filled' | 'content';
  readonly label: string;
  /** Actions from the start. */
  readonly path: readonly Action[];
  readonly looks: readonly StateLook[];
  /** Key of its picture, or null. */
  readonly picture: string | null;
}

/** What the keyboard can do with a control that the pointer can do something with. */
export interface KeyboardFact {
  readonly control: Target;
  /** Dialog around it. */
  readonly dialog: string | null;
  readonly state: number;
  readonly reached: boolean;
  readonly works: boolean;
  /** Focus after it was pressed, when it did something. */
  readonly after: FocusSeen | null;
  /** Whether the control was still drawn then. */
  readonly stillThere: boolean;
  readonly opened: boolean;
  readonly navigated: boolean;
}

export interface DialogFact {
  readonly opener: Target;
  readonly dialog: DialogSeen;
  readonly by: 'pointer' | 'keyboard';
  readonly focusedIn: boolean;
  /** Places outside the dialog that Tab led to while it was open. */
  readonly outside: readonly string[];
  readonly closedBy: 'Escape' | 'control' | null;
  readonly after: FocusSeen | null;
}

/** Where Tab led, in order, and whether it could be left. */
export interface WalkFact {
  readonly state: number;
  readonly opener: Target | null;
  readonly places: readonly string[];
  /** Controls of the page that could be tabbed to and were never reached. */
  readonly missed: readonly string[];
  /** True when Tab went round among a few places, and Escape and Shift+Tab did not help. */
  readonly trapped: boolean;
}

export interface TabsFact {
  readonly list: string;
  readonly tabs: readonly {
    readonly tab: Target;
    readonly panel: string | null;
    readonly byPointer: boolean;
    readonly byKeyboard: boolean;
  }[];
}

export interface FormFact {
  readonly form: FormSeen;
  readonly state: number;
  /** True when the browser says itself what is missing. */
  readonly browserSays: boolean;
  readonly appeared: readonly TextSeen[];
  readonly focus: FocusSeen;
  readonly sent: boolean;
}

export interface CarouselFact {
  readonly carousel: CarouselSeen;
  readonly presses: number;
  /** How many of the presses showed what was never shown before. */
  readonly fresh: number;
  readonly elementsBefore: number;
  readonly elementsAfter: number;
  readonly movesByItself: boolean;
}

export interface ScrollFact {
  readonly grew: number;
  readonly footer: Survey['footer'];
}

/** What came of a goal in words. */
export interface GoalFact {
  readonly goal: string;
  /** Null when it was ended before anybody could say. */
  readonly reached: boolean | null;
  /** The planner's word. */
  readonly because: string;
  readonly actions: readonly Action[];
  /** The same way without a pointer; null when there was no way. */
  readonly byKeyboard: { readonly reached: boolean; readonly stuckAt: Target | null } | null;
  /** Why it was ended early, or null. */
  readonly stopped: string | null;
  readonly use: ModelUse | null;
}

/** All that a run did and saw; `audit` needs nothing else. */
export interface NavigatorRaw {
  readonly url: string;
  readonly title: string;
  readonly states: readonly StateSeen[];
  readonly steps: readonly Step[];
  readonly keyboard: readonly KeyboardFact[];
  readonly dialogs: readonly DialogFact[];
  readonly walks: readonly WalkFact[];
  readonly tablists: readonly TabsFact[];
  readonly forms: readonly FormFact[];
  readonly carousels: readonly CarouselFact[];
  readonly scroll: ScrollFact | null;
  /** Null without a goal, and on every page but the first. */
  readonly goal: GoalFact | null;
  /** What was left alone, with the reason. */
  readonly skipped: readonly { readonly what: string; readonly reason: string }[];
  readonly caps: { readonly steps: number; readonly states: number; readonly seconds: number };
  /** The cap that ended the run before all was tried, or null. */
  readonly stopped: 'steps' | 'states' | 'seconds' | null;
  /** Keys of the transcript and of the emitted test. */
  readonly evidence: { readonly transcript: string; readonly test: string };
}
