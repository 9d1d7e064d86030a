import '@acme/core';
