console.log(location.href, new Request('a/b').url);
