// Go's httputil.ReverseProxy before several backends: PORT BACKEND…, each in its turn.
package main

import (
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync/atomic"
)

func main() {
	// The default transport keeps two idle connections per backend, and would dial for most requests.
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns = 0
	transport.MaxIdleConnsPerHost = 256
	transport.DisableCompression = true
	var proxies []*httputil.ReverseProxy
	for _, backend := range os.Args[2:] {
		target, err := url.Parse(backend)
		if err != nil {
			log.Fatal(err)
		}
		proxy := httputil.NewSingleHostReverseProxy(target)
		proxy.Transport = transport
		proxies = append(proxies, proxy)
	}
	var turn atomic.Uint64
	serve := func(response http.ResponseWriter, request *http.Request) {
		proxies[turn.Add(1)%uint64(len(proxies))].ServeHTTP(response, request)
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], http.HandlerFunc(serve)))
}
