import '@acme/cor';
