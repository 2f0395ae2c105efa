// JUnit's XML as Jenkins, GitLab and GitHub's reporters read it (junit-10.xsd of Jenkins's xUnit plug-in): a test suite for each notebook, a
// test case for each code cell. Characters: XML 1.0, 2.2.
using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Notebook;
using TResNet.Files;

namespace TResNet.Cli;

/// <summary>Writes how notebooks ended for what shows the results of tests.</summary>
internal static class JUnitReport
{
    /// <summary>Writes the report; the file appears whole.</summary>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<NotebookOutcome> outcomes)
    {
        var settings = new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false) };
        try
        {
            AtomicFile.Write(
                path,
                (Stream stream) =>
                {
                    using var writer = XmlWriter.Create(stream, settings);
                    Document(outcomes).Save(writer);
                }
            );
        }
        catch (TResNetException refused)
        {
            throw new CommandException(refused.Message, refused);
        }
    }

    /// <summary>The report.</summary>
    public static XDocument Document(IReadOnlyList<NotebookOutcome> outcomes)
    {
        var suites = outcomes.Select(Suite).ToList();
        return new XDocument(
            new XElement(
                "testsuites",
                new XAttribute("name", "tresnet run"),
                new[] { "tests", "failures", "errors", "skipped" }.Select(count => new XAttribute(
                    count,
                    suites.Sum(suite => (int)suite.Attribute(count)!)
                )),
                new XAttribute("time", Time(outcomes.Sum(outcome => outcome.Elapsed.TotalSeconds))),
                suites
            )
        );
    }

    private static XElement Suite(NotebookOutcome outcome)
    {
        var cases = outcome.Cells.Select(cell => Case(outcome, cell)).ToList();
        if (outcome.Problem is { } problem)
        {
            cases.Add(
                Case(
                    outcome,
                    "notebook",
                    0,
                    new XElement("error", new XAttribute("message", Clean(problem)), Clean(problem))
                )
            );
        }

        return new XElement(
            "testsuite",
            new XAttribute("name", Clean(outcome.File.Name)),
            new XAttribute("tests", cases.Count),
            new XAttribute("failures", cases.Count(each => each.Element("failure") is not null)),
            new XAttribute("errors", cases.Count(each => each.Element("error") is not null)),
            new XAttribute("skipped", cases.Count(each => each.Element("skipped") is not null)),
            new XAttribute("time", Time(outcome.Elapsed.TotalSeconds)),
            new XAttribute(
                "timestamp",
                outcome.Started.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)
            ),
            cases
        );
    }

    private static XElement Case(NotebookOutcome outcome, CellOutcome cell)
    {
        var name = cell.Title.Length > 0 ? $"cell {cell.Number}: {cell.Title}" : $"cell {cell.Number}";
        var element = Case(outcome, name, cell.Seconds, Ended(cell));
        if (OutputText.WithoutEscapes(cell.Printed) is { Length: > 0 } printed)
        {
            element.Add(new XElement("system-out", Clean(printed)));
        }

        return element;
    }

    private static XElement Case(NotebookOutcome outcome, string name, double seconds, XElement? ended) =>
        new(
            "testcase",
            new XAttribute("classname", Clean(outcome.File.Name)),
            new XAttribute("name", Clean(name)),
            new XAttribute("file", Clean(outcome.File.Name)),
            new XAttribute("time", Time(seconds)),
            ended
        );

    // A failure is the test's, an error is that of what runs it.
    private static XElement? Ended(CellOutcome cell) =>
        cell switch
        {
            { Status: CellStatus.Ran } => null,
            { Error: { } error } => new XElement(
                cell.Status == CellStatus.Failed ? "failure" : "error",
                new XAttribute("message", Clean(error.Value)),
                new XAttribute("type", Clean(error.Name)),
                Clean(string.Join('\n', error.Traceback))
            ),
            _ => new XElement("skipped", new XAttribute("message", Clean(cell.Reason ?? "the run ended before it"))),
        };

    private static string Time(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>A text without what XML cannot hold: control characters, halves of surrogate pairs, terminals' escapes.</summary>
    private static string Clean(string text)
    {
        var plain = OutputText.WithoutEscapes(text);
        var clean = new StringBuilder(plain.Length);
        for (var i = 0; i < plain.Length; i++)
        {
            if (i + 1 < plain.Length && char.IsSurrogatePair(plain[i], plain[i + 1]))
            {
                clean.Append(plain[i]).Append(plain[++i]);
            }
            else if (XmlConvert.IsXmlChar(plain[i]))
            {
                clean.Append(plain[i]);
            }
        }

        return clean.ToString();
    }
}
