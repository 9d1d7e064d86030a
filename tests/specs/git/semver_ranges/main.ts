for (const ref of ['^1.0', '~1.0.0', '>=1.0.0 <2', '^3.0.0-rc.0', 'latest', '2.x']) {
  console.log(ref, (await import(`github:acme/x@${encodeURIComponent(ref)}`)).name);
}
