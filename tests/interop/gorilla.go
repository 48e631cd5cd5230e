// SPDX-License-Identifier: MIT
// gorilla.go: the Go package gorilla/websocket as a peer; see peer.py.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	protocol = "chat"
	piece    = 1000 // bytes, of the fragments that a server answers in
	patience = 10 * time.Second
)

type fields map[string]interface{}

var saying sync.Mutex

func say(event string, more fields) {
	saying.Lock()
	defer saying.Unlock()
	more["event"] = event
	line, _ := json.Marshal(more)
	fmt.Println(string(line))
}

// A []byte is base64 in JSON.
type command struct {
	Do        string   `json:"do"`
	URL       string   `json:"url"`
	Protocols []string `json:"protocols"`
	CACert    string   `json:"cacert"`
	Kind      string   `json:"kind"`
	Pieces    [][]byte `json:"pieces"`
	Ping      bool     `json:"ping"`
	Data      string   `json:"data"`
	Code      int      `json:"code"`
	Reason    string   `json:"reason"`
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func control(ws *websocket.Conn, kind int, data []byte) {
	check(ws.WriteControl(kind, data, time.Now().Add(patience)))
}

// The buffer holds sixteen bytes, so that what is longer goes in fragments.
func sendPieces(ws *websocket.Conn, kind int, pieces [][]byte, ping bool) {
	w, err := ws.NextWriter(kind)
	check(err)
	for i, data := range pieces {
		if ping && i > 0 {
			control(ws, websocket.PingMessage, []byte("between"))
		}
		_, err = w.Write(data)
		check(err)
	}
	check(w.Close())
}

func sayClosed(err error) {
	code, reason := 1006, err.Error()
	if closed, ok := err.(*websocket.CloseError); ok {
		code, reason = closed.Code, closed.Text
	}
	say("closed", fields{"code": code, "reason": reason})
}

func listen(ws *websocket.Conn, done chan<- bool) {
	for {
		kind, data, err := ws.ReadMessage()
		if err != nil {
			sayClosed(err)
			ws.Close()
			done <- true
			return
		}
		name := map[int]string{websocket.TextMessage: "text", websocket.BinaryMessage: "binary"}[kind]
		say("message", fields{"kind": name, "data": data})
	}
}

func trust(file string) *tls.Config {
	if file == "" {
		return nil
	}
	pem, err := os.ReadFile(file)
	check(err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	return &tls.Config{RootCAs: pool}
}

func connect(c command) *websocket.Conn {
	dialer := websocket.Dialer{Subprotocols: c.Protocols, TLSClientConfig: trust(c.CACert),
		EnableCompression: true, WriteBufferSize: 16}
	ws, reply, err := dialer.Dial(c.URL, nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		say("refused", fields{})
		return nil
	}
	ws.SetPongHandler(func(data string) error {
		say("pong", fields{"data": []byte(data)})
		return nil
	})
	say("open", fields{"protocol": ws.Subprotocol(),
		"extensions": reply.Header.Get("Sec-WebSocket-Extensions")})
	return ws
}

func client() {
	say("ready", fields{"can": []string{"pieces", "cut", "ping", "no code", "deflate"}})
	var ws *websocket.Conn
	closed := make(chan bool, 1)
	for lines := json.NewDecoder(bufio.NewReader(os.Stdin)); lines.More(); {
		var c command
		check(lines.Decode(&c))
		switch c.Do {
		case "open":
			if ws = connect(c); ws != nil {
				closed = make(chan bool, 1)
				go listen(ws, closed)
			}
		case "send":
			kind := map[string]int{"text": websocket.TextMessage,
				"binary": websocket.BinaryMessage}[c.Kind]
			if len(c.Pieces) == 1 {
				check(ws.WriteMessage(kind, c.Pieces[0]))
			} else {
				sendPieces(ws, kind, c.Pieces, c.Ping)
			}
		case "ping":
			control(ws, websocket.PingMessage, []byte(c.Data))
		case "close":
			if c.Code == 0 {
				c.Code = websocket.CloseNoStatusReceived
			}
			control(ws, websocket.CloseMessage, websocket.FormatCloseMessage(c.Code, c.Reason))
			<-closed
		}
	}
}

var closeWanted = regexp.MustCompile(`^please close (\d+) ?(.*)$`)

func echo(ws *websocket.Conn, kind int, data []byte) {
	if found := closeWanted.FindSubmatch(data); found != nil {
		code, _ := strconv.Atoi(string(found[1]))
		control(ws, websocket.CloseMessage, websocket.FormatCloseMessage(code, string(found[2])))
		return
	}
	var pieces [][]byte
	for ; len(data) > piece; data = data[piece:] {
		pieces = append(pieces, data[:piece])
	}
	sendPieces(ws, kind, append(pieces, data), true)
}

func answer(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{Subprotocols: []string{protocol}, EnableCompression: true,
		WriteBufferSize: 512}
	ws, err := upgrader.Upgrade(w, r, nil)
	check(err)
	say("open", fields{"protocol": ws.Subprotocol(), "extensions": ""})
	for {
		kind, data, err := ws.ReadMessage()
		if err != nil {
			sayClosed(err)
			ws.Close()
			return
		}
		echo(ws, kind, data)
	}
}

func serve(files []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	say("listening", fields{"port": listener.Addr().(*net.TCPAddr).Port})
	if len(files) == 2 {
		check(http.ServeTLS(listener, http.HandlerFunc(answer), files[0], files[1]))
	}
	check(http.Serve(listener, http.HandlerFunc(answer)))
}

func main() {
	if os.Args[1] == "client" {
		client()
	} else {
		serve(os.Args[2:])
	}
}
