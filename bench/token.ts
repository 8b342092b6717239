/** The token of the gateways under measurement. */
export const token = 'bench-token-0123456789';
