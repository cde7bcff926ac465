// A naive load balancer in Go: the reverse proxy of its library, in turns. L1 and L2 of the black box.
package main

import (
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
)

func main() {
	var backends []*url.URL
	for _, text := range strings.Split(os.Args[2], ",") {
		backend, err := url.Parse(text)
		if err != nil {
			log.Fatal(err)
		}
		backends = append(backends, backend)
	}
	var turn uint64
	proxy := &httputil.ReverseProxy{Director: func(request *http.Request) {
		backend := backends[atomic.AddUint64(&turn, 1)%uint64(len(backends))]
		request.URL.Scheme = backend.Scheme
		request.URL.Host = backend.Host
	}}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], proxy))
}
