/** The fields of DevTools events that the recorder reads; Playwright's package does not export the protocol's own types. */
export type CdpHeaders = Readonly<Record<string, string>>;

export interface CdpTiming {
  readonly requestTime: number;
  readonly dnsStart: number;
  readonly dnsEnd: number;
  readonly connectStart: number;
  readonly connectEnd: number;
  readonly sslStart: number;
  readonly sslEnd: number;
  readonly sendStart: number;
  readonly sendEnd: number;
  readonly receiveHeadersEnd: number;
}

export interface CdpResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: CdpHeaders;
  readonly mimeType: string;
  readonly protocol?: string;
  readonly remoteIPAddress?: string;
  readonly fromDiskCache?: boolean;
  readonly encodedDataLength: number;
  readonly timing?: CdpTiming;
  readonly securityDetails?: {
    readonly protocol: string;
    readonly issuer: string;
    readonly subjectName: string;
    readonly validFrom: number;
    readonly validTo: number;
  };
}

export interface RequestWillBeSent {
  readonly requestId: string;
  readonly loaderId: string;
  readonly frameId?: string;
  readonly type?: string;
  readonly timestamp: number;
  readonly wallTime: number;
  readonly request: { readonly url: string; readonly method: string; readonly headers: CdpHeaders };
  readonly redirectResponse?: CdpResponse;
  readonly redirectHasExtraInfo: boolean;
}

export interface RequestExtraInfo {
  readonly requestId: string;
  readonly headers: CdpHeaders;
}

export interface ResponseExtraInfo {
  readonly requestId: string;
  readonly headers: CdpHeaders;
  readonly statusCode: number;
}

export interface ResponseReceived {
  readonly requestId: string;
  readonly type: string;
  readonly response: CdpResponse;
  readonly hasExtraInfo: boolean;
}

export interface LoadingFinished {
  readonly requestId: string;
  readonly timestamp: number;
  readonly encodedDataLength: number;
}

export interface LoadingFailed {
  readonly requestId: string;
  readonly timestamp: number;
  readonly errorText: string;
  readonly blockedReason?: string;
}
