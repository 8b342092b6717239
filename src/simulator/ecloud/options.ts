/** What can be set of the simulated E云. The real values but for the pace of logins. */
export type EcloudOptions = {
  /** What `/member/login` answers and every call has to carry. */
  authorization: string;
  /** How long after it is shown a QR code is scanned, by an account that is not online; null: when told to. */
  scanAfterMs: number | null;
  /** How long after the scan the login is confirmed; null: when told to. */
  confirmAfterMs: number | null;
  /** How long a QR code is good. */
  qrExpiresMs: number;
  /** How long getIPadLoginInfo waits for the phone. */
  loginWaitMs: number;
  /** Whether an account that was online before gets in again without a QR code. */
  secondLogin: boolean;
};

export const defaultEcloudOptions: EcloudOptions = {
  authorization: 'eyJhbGciOiJIUzUxMiJ9.simulated-developer',
  scanAfterMs: 0,
  confirmAfterMs: 0,
  qrExpiresMs: 240_000,
  loginWaitMs: 250_000,
  secondLogin: true,
};
