export const tracing = {};
