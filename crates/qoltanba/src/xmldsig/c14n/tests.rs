use super::{Item, Method, PrefixList, Selection, Subtree, canonicalize};
use crate::error::ErrorKind;
use crate::xmldsig::{Document, NodeId, NodeKind, XmlLimits};

use Method::{
    Exclusive10, Exclusive10WithComments, Inclusive10, Inclusive10WithComments, Inclusive11,
};

fn parse(source: &str) -> Document<'_> {
    Document::parse(source.as_bytes(), &XmlLimits::default()).unwrap()
}

fn part(document: &Document<'_>, subtree: &Subtree, method: Method, prefixes: &str) -> String {
    let prefixes = PrefixList::parse(prefixes).unwrap();
    let octets = canonicalize(document, &Selection::Subtree(subtree), method, &prefixes);
    String::from_utf8(octets.unwrap()).unwrap()
}

fn whole(source: &str, method: Method) -> String {
    part(&parse(source), &Subtree::document(), method, "")
}

fn element(document: &Document<'_>, local: &str) -> NodeId {
    let named = |node: &NodeId| document.name(*node).is_some_and(|name| name.local == local);
    document.nodes().find(named).unwrap()
}

fn apex(source: &str, local: &str, method: Method) -> String {
    let document = parse(source);
    part(&document, &Subtree::of(element(&document, local)), method, "")
}

/// Canonical XML 1.0 §3.1, without the DTD.
#[test]
fn what_stands_beside_the_root() {
    let source = "<?xml version=\"1.0\"?>\r\n\r\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\n\
                  <doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n\
                  <!-- Comment 2 -->\n\n<!-- Comment 3 -->\n";
    assert_eq!(
        whole(source, Inclusive10),
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!</doc>\n\
         <?pi-without-data?>"
    );
    assert_eq!(
        whole(source, Inclusive10WithComments),
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\
         <doc>Hello, world!<!-- Comment 1 --></doc>\n<?pi-without-data?>\n<!-- Comment 2 -->\n\
         <!-- Comment 3 -->"
    );
}

/// Canonical XML 1.0 §3.2.
#[test]
fn white_space_in_content_stays() {
    let source = "<doc>\n   <clean>   </clean>\n   <mixed>\n      A\n      <clean>   </clean>\n      \
                  B\n   </mixed>\n</doc>";
    assert_eq!(whole(source, Inclusive10), source);
}

/// Canonical XML 1.0 §3.3, the attribute that its DTD gives written out.
#[test]
fn tags_are_rewritten() {
    let source = r#"<doc>
   <e1   />
   <e2   ></e2>
   <e3   name = "elem3"   id="elem3"   />
   <e4   name="elem4"   id="elem4"   ></e4>
   <e5 a:attr="out" b:attr="sorted" attr2="all" attr="I'm"
      xmlns:b="http://www.ietf.org"
      xmlns:a="http://www.w3.org"
      xmlns="http://example.org"/>
   <e6 xmlns="" xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="" xmlns:a="http://www.w3.org">
            <e9 xmlns="" xmlns:a="http://www.ietf.org" attr="default"/>
         </e8>
      </e7>
   </e6>
</doc>"#;
    let expected = r#"<doc>
   <e1></e1>
   <e2></e2>
   <e3 id="elem3" name="elem3"></e3>
   <e4 id="elem4" name="elem4"></e4>
   <e5 xmlns="http://example.org" xmlns:a="http://www.w3.org" xmlns:b="http://www.ietf.org" attr="I'm" attr2="all" b:attr="sorted" a:attr="out"></e5>
   <e6 xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="">
            <e9 xmlns:a="http://www.ietf.org" attr="default"></e9>
         </e8>
      </e7>
   </e6>
</doc>"#;
    assert_eq!(whole(source, Inclusive10), expected);
    assert_eq!(whole(source, Inclusive11), expected);
}

/// Canonical XML 1.0 §3.4 and §3.5, with the five entities.
#[test]
fn characters_are_escaped_in_one_way() {
    let source = "<doc>\n   <text>First line&#x0d;&#10;Second line</text>\n   \
                  <value>&#x32;</value>\n   \
                  <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>\n   \
                  <compute expr='value>\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"'>valid</compute>\n   \
                  <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>\n   \
                  <line>a\r\nb\rc\td</line>\n</doc>";
    assert_eq!(
        whole(source, Inclusive10),
        "<doc>\n   <text>First line&#xD;\nSecond line</text>\n   <value>2</value>\n   \
         <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\n   \
         <compute expr=\"value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;\">valid</compute>\n   \
         <norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm>\n   <line>a\nb\nc\td</line>\n</doc>"
    );
}

/// A namespace node is written as an attribute node is: escaped.
#[test]
fn namespace_names_are_escaped() {
    assert_eq!(
        whole("<a xmlns='urn:a&amp;&quot;&lt;'/>", Inclusive10),
        "<a xmlns=\"urn:a&amp;&quot;&lt;\"></a>"
    );
}

/// Canonical XML 1.0 §3.6, from UTF-16.
#[test]
fn the_output_is_utf_8() {
    let source = "\u{FEFF}<?xml version='1.0' encoding='UTF-16'?><doc>&#169;ж\u{1D11E}</doc>";
    let bytes: Vec<u8> = source.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let document = Document::parse(&bytes, &XmlLimits::default()).unwrap();
    let octets = part(&document, &Subtree::document(), Inclusive10, "");
    assert_eq!(octets, "<doc>\u{A9}ж\u{1D11E}</doc>");
}

/// Canonical XML 1.0 §3.7, Canonical XML 1.1 §3.8 (with its erratum E01).
#[test]
fn a_node_set_with_a_hole() {
    let source = r#"<doc xmlns="http://www.ietf.org" xmlns:w3c="http://www.w3.org" xml:base="something/else">
   <e1>
      <e2 xmlns="" xml:id="abc" xml:base="bar/" xml:space="preserve">
         <e3 id="E3" xml:base="foo"/>
      </e2>
   </e1>
</doc>"#;
    let document = parse(source);
    let (e1, e3) = (element(&document, "e1"), element(&document, "e3"));
    let includes = |item: Item<'_>| match item {
        Item::Node(node) => node == e1 || document.contains(e3, node),
        Item::Attribute(node, _) | Item::Namespace(node, _) => node == e1 || node == e3,
    };
    let octets = |method| {
        let set = Selection::NodeSet(&includes);
        String::from_utf8(canonicalize(&document, &set, method, &PrefixList::none()).unwrap())
            .unwrap()
    };
    assert_eq!(
        octets(Inclusive11),
        r#"<e1 xmlns="http://www.ietf.org" xmlns:w3c="http://www.w3.org" xml:base="something/else"><e3 xmlns="" id="E3" xml:base="bar/foo" xml:space="preserve"></e3></e1>"#
    );
    assert_eq!(
        octets(Inclusive10),
        r#"<e1 xmlns="http://www.ietf.org" xmlns:w3c="http://www.w3.org" xml:base="something/else"><e3 xmlns="" id="E3" xml:base="foo" xml:id="abc" xml:space="preserve"></e3></e1>"#
    );
}

/// Exclusive XML Canonicalization §2.2: the same element in two surroundings.
#[test]
fn the_exclusive_method_forgets_the_surroundings() {
    let bare = r#"<n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"/></n1:elem2>"#;
    let other = format!(
        r#"<n2:pdu xmlns:n1="http://example.com" xmlns:n2="http://foo.example" xml:lang="fr" xml:space="retain">{bare}</n2:pdu>"#
    );
    let expected = r#"<n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>"#;
    assert_eq!(apex(bare, "elem2", Exclusive10), expected);
    assert_eq!(apex(&other, "elem2", Exclusive10), expected);
    assert_eq!(
        apex(&other, "elem2", Inclusive10),
        r#"<n1:elem2 xmlns:n1="http://example.net" xmlns:n2="http://foo.example" xml:lang="en" xml:space="retain"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>"#
    );
}

/// Exclusive XML Canonicalization §3.
#[test]
fn the_exclusive_method_writes_what_is_used() {
    let source = "<a xmlns='urn:d' xmlns:p='urn:p' xmlns:q='urn:q' xmlns:u='urn:u'>\
                  <p:b q:k='1'><p:c xmlns:p='urn:p'/><d/><q:e/></p:b><q:f xmlns=''><g/></q:f></a>";
    assert_eq!(
        whole(source, Exclusive10),
        "<a xmlns=\"urn:d\"><p:b xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" q:k=\"1\"><p:c></p:c><d></d>\
         <q:e></q:e></p:b><q:f xmlns:q=\"urn:q\"><g xmlns=\"\"></g></q:f></a>"
    );
    let document = parse(source);
    let b = Subtree::of(element(&document, "b"));
    assert_eq!(
        part(&document, &b, Exclusive10, "u #default unknown"),
        "<p:b xmlns=\"urn:d\" xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" xmlns:u=\"urn:u\" q:k=\"1\">\
         <p:c></p:c><d></d><q:e></q:e></p:b>"
    );
    assert_eq!(
        part(&document, &Subtree::of(element(&document, "f")), Exclusive10, "#default"),
        "<q:f xmlns:q=\"urn:q\"><g></g></q:f>"
    );
}

#[test]
fn attributes_of_the_xml_namespace_are_inherited_by_the_rules() {
    let source = "<r xml:lang='ru' xml:id='i' xml:space='preserve' xml:foo='f' xml:base='http://e.org/a/b'>\
                  <m xml:lang='kk' xml:base='../c/'><e xml:base='d' k='1'/></m></r>";
    assert_eq!(
        apex(source, "e", Inclusive10),
        "<e k=\"1\" xml:base=\"d\" xml:foo=\"f\" xml:id=\"i\" xml:lang=\"kk\" xml:space=\"preserve\"></e>"
    );
    assert_eq!(
        apex(source, "e", Inclusive11),
        "<e k=\"1\" xml:base=\"http://e.org/c/d\" xml:lang=\"kk\" xml:space=\"preserve\"></e>"
    );
    assert_eq!(apex(source, "e", Exclusive10), "<e k=\"1\" xml:base=\"d\"></e>");
    // A base that joins to nothing is not written, and the element's own stands when no omitted
    // ancestor has one.
    assert_eq!(apex("<r xml:base='a/'><e xml:base='../'/></r>", "e", Inclusive11), "<e></e>");
    assert_eq!(apex("<r><e xml:base='../'/></r>", "e", Inclusive11), "<e xml:base=\"../\"></e>");
    // The whole document keeps everything as it is.
    assert!(whole(source, Inclusive11).contains("<e k=\"1\" xml:base=\"d\"></e>"));
}

#[test]
fn subtrees_leave_out_subtrees() {
    let source = "<a xmlns:p='urn:p'>1<s><t/></s><!--c-->2<s/><b>3<s/></b></a>";
    let document = parse(source);
    let out: Vec<_> = document.nodes().filter(|node| document.is_element(*node, "", "s")).collect();
    let rest = Subtree::document().without(out.iter().rev().copied());
    assert_eq!(
        part(&document, &rest, Inclusive10WithComments, ""),
        "<a xmlns:p=\"urn:p\">1<!--c-->2<b>3</b></a>"
    );
    assert!(rest.contains(&document, document.root()));
    assert!(!rest.contains(&document, element(&document, "t")));
    // Nested and outside ones change nothing.
    let b = element(&document, "b");
    let twice = Subtree::of(b).without([out[0], element(&document, "t"), out[2]]);
    assert_eq!(part(&document, &twice, Inclusive10, ""), "<b xmlns:p=\"urn:p\">3</b>");
    let comment = document.nodes().find(|node| document.kind(*node) == NodeKind::Comment);
    let less = Subtree::of(b).without(comment);
    assert_eq!(part(&document, &less, Exclusive10WithComments, ""), "<b>3<s></s></b>");
}

#[test]
fn failures_are_errors() {
    let failure = |document: &Document<'_>, subtree: &Subtree, method, prefixes: &str| {
        let prefixes = PrefixList::parse(prefixes).unwrap();
        canonicalize(document, &Selection::Subtree(subtree), method, &prefixes).unwrap_err()
    };
    // Canonical XML 1.0 §1.3.
    for relative in ["<a xmlns='b'/>", "<a><c xmlns:p='../x'/></a>", "<a xmlns='1a:b'/>"] {
        let document = parse(relative);
        for (method, _) in Method::ALL {
            failure(&document, &Subtree::document(), method, "");
        }
    }
    let document = parse("<a><b><c/></b></a>");
    let (a, b, c) = (NodeId(1), NodeId(2), NodeId(3));
    failure(&document, &Subtree::of(b).without([b]), Inclusive10, "");
    failure(&document, &Subtree::of(c).without([b]), Inclusive10, "");
    failure(&document, &Subtree::document().without([a]), Inclusive10, "");
    let misuse = failure(&document, &Subtree::document(), Inclusive11, "a");
    assert!(matches!(misuse.kind(), ErrorKind::Misuse { .. }));
}

#[test]
fn the_output_may_not_outgrow_the_input() {
    let uri = "u".repeat(64 << 10);
    let source = format!("<r xmlns:p='urn:{uri}'>{}</r>", "<p:a/>".repeat(1 << 10));
    let document = parse(&source);
    let all = Subtree::document();
    assert!(
        canonicalize(&document, &Selection::Subtree(&all), Inclusive10, &PrefixList::none())
            .is_ok()
    );
    let error =
        canonicalize(&document, &Selection::Subtree(&all), Exclusive10, &PrefixList::none())
            .map(|octets| octets.len())
            .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::OverBudget { .. }));
}

#[test]
fn depth_costs_no_stack() {
    let depth = 200_000;
    let source = format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    let limits = XmlLimits { depth, ..XmlLimits::default() };
    let document = Document::parse(source.as_bytes(), &limits).unwrap();
    assert_eq!(part(&document, &Subtree::document(), Inclusive10, ""), source);
    let innermost = Subtree::of(NodeId(depth as u32));
    assert_eq!(part(&document, &innermost, Inclusive11, ""), "<a></a>");
}

#[test]
fn methods_have_their_names() {
    for (method, uri) in Method::ALL {
        assert_eq!(Method::from_uri(uri).unwrap(), method);
        assert_eq!(method.uri(), uri);
        assert_eq!(uri.ends_with("#WithComments"), method.keeps_comments());
        assert_eq!(uri.contains("exc"), method.is_exclusive());
        assert!(!method.without_comments().keeps_comments());
    }
    for other in ["", "http://www.w3.org/2001/10/xml-exc-c14n", "http://www.w3.org/2010/xml-c14n2"]
    {
        assert!(Method::from_uri(other).is_err());
    }
}
