interface Removed {
  a: string;
}
throw new Error('API key missing');
